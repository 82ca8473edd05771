import { flagsWithValue, type KnownCommand, type Values } from "./model.js";

/** For Windows PowerShell 5.1 and PowerShell 7. Where nothing is offered, PowerShell falls back to paths. */
export function powershellScript(commands: readonly KnownCommand[]): string {
  const withValue = flagsWithValue(commands);
  return `# PowerShell completions for codexcomp: codexcomp completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName codexcomp -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $commands = [ordered]@{
${commands.map(({ name, summary }) => `    ${quote(name)} = ${quote(summary)}`).join("\n")}
  }
  $flags = @{
${commands.map(({ name, flags }) => `    ${quote(name)} = [ordered]@{ ${flags.map((flag) => `${quote(flag.name)} = ${quote(flag.describes)}`).join("; ")} }`).join("\n")}
  }
  $arguments = @{
${commands.map(({ name, values }) => `    ${quote(name)} = @(${words(values)})`).join("\n")}
  }
  $values = @{
${withValue.flatMap(({ spellings, values }) => spellings.map((spelling) => `    ${quote(spelling)} = @(${words(values)})`)).join("\n")}
  }
  $typed = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  $command = $null
  $previous = $null
  foreach ($word in $typed) {
    if (-not $command -and -not $word.StartsWith('-') -and -not ($previous -and $values.ContainsKey($previous))) {
      $command = $word
    }
    $previous = $word
  }
  $offers = [ordered]@{}
  if ($previous -and $values.ContainsKey($previous)) {
    foreach ($value in $values[$previous]) { $offers[$value] = $value }
  } elseif ($wordToComplete.StartsWith('-')) {
    # No command means run.
    $name = if ($command) { $command } else { 'run' }
    if ($flags.ContainsKey($name)) { $offers = $flags[$name] }
  } elseif (-not $command) {
    $offers = $commands
  } elseif ($arguments.ContainsKey($command)) {
    foreach ($value in $arguments[$command]) { $offers[$value] = $value }
  }
  $offers.GetEnumerator() | Where-Object { $_.Key -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_.Key, $_.Key, 'ParameterValue', $_.Value)
  }
}
`;
}

function words(values: Values | undefined): string {
  return values?.kind === "words" ? values.words.map(quote).join(", ") : "";
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
