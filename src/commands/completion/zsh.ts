import { flagsWithValue, type KnownCommand, type KnownFlag, type Values } from "./model.js";

/** For zsh's own completion system: by `eval` after `compinit`, or as a file `_codexcomp` in `fpath`. */
export function zshScript(commands: readonly KnownCommand[]): string {
  const withValue = flagsWithValue(commands);
  const entries = commands.map(({ name, summary }) => quote(`${name}:${summary}`));
  return `#compdef codexcomp
# zsh completions for codexcomp: eval "$(codexcomp completion zsh)"
_codexcomp_commands() {
  local -a commands
  commands=(
${entries.map((entry) => `    ${entry}`).join("\n")}
  )
  _describe command commands
}
_codexcomp() {
  local command= i
  local -a with_value
  with_value=(${withValue.flatMap(({ spellings }) => spellings).join(" ")})
  for ((i = 2; i < CURRENT; i++)); do
    if (( \${with_value[(Ie)\${words[i]}]} )); then
      ((i++))
    elif [[ \${words[i]} != -* ]]; then
      command=\${words[i]}
      break
    fi
  done
  case $command in
${commands.map(branch).join("\n")}
    *) _arguments '1: :_codexcomp_commands' ;;
  esac
}
if [[ $funcstack[1] == _codexcomp ]]; then _codexcomp "$@"; else compdef _codexcomp codexcomp; fi
`;
}

/** No command means run. */
function branch({ name, flags, values }: KnownCommand): string {
  const specs = [...flags.flatMap(flagSpecs), "'1: :_codexcomp_commands'"];
  if (values) specs.push(quote(`*: :${action(values)}`));
  return `    ${name === "run" ? "run|''" : name}) _arguments ${specs.join(" \\\n      ")} ;;`;
}

function flagSpecs(flag: KnownFlag): string[] {
  const { describes, repeatable, values } = flag;
  const text = `[${describes.replace(/[[\]:\\]/g, "\\$&")}]`;
  return flag.spellings.map((spelling) =>
    quote(
      (repeatable ? "*" : "") +
        (values
          ? `${spelling}${spelling.startsWith("--") ? "=" : "+"}${text}:value:${action(values)}`
          : spelling + text),
    ),
  );
}

function action(values: Values): string {
  if (values.kind === "words") return `(${values.words.join(" ")})`;
  if (values.kind === "file") return "_files";
  return values.kind === "directory" ? "_files -/" : "";
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
