import { flagsWithValue, type KnownCommand, type Values } from "./model.js";

/** For bash 3.2 (macOS) and later. */
export function bashScript(commands: readonly KnownCommand[]): string {
  const withValue = flagsWithValue(commands);
  const names = commands.map(({ name }) => name).join(" ");
  return `# bash completions for codexcomp: eval "$(codexcomp completion bash)"
_codexcomp() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command= i IFS=$' \\t\\n'
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${withValue.flatMap(({ spellings }) => spellings).join("|")}) ((i++)) ;;
      -*) ;;
      *) command=\${COMP_WORDS[i]}; break ;;
    esac
  done
  case $prev in
${withValue.map((flag) => `    ${flag.spellings.join("|")}) ${offer(flag.values)}; return ;;`).join("\n")}
  esac
  if [[ $cur == -* ]]; then
    case $command in
${commands.map((command) => `      ${pattern(command)}) ${offerWords(command.flags.map(({ name }) => name))} ;;`).join("\n")}
    esac
    return
  fi
  case $command in
    '') ${offer({ kind: "words", words: [names] })} ;;
${commands
  .filter(({ values }) => values && values.kind !== "anything")
  .map(({ name, values }) => `    ${name}) ${offer(values)} ;;`)
  .join("\n")}
  esac
}
_codexcomp_paths() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen "$1" -- "$2"))
  compopt -o filenames 2>/dev/null
}
complete -F _codexcomp codexcomp
`;
}

/** No command means run. */
function pattern({ name }: KnownCommand): string {
  return name === "run" ? "run|''" : name;
}

function offer(values: Values | undefined): string {
  if (values?.kind === "words") return offerWords(values.words);
  if (values?.kind === "file") return `_codexcomp_paths -f "$cur"`;
  if (values?.kind === "directory") return `_codexcomp_paths -d "$cur"`;
  return ":";
}

function offerWords(words: readonly string[]): string {
  return `COMPREPLY=($(compgen -W '${words.join(" ")}' -- "$cur"))`;
}
