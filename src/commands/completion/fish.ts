import { flagsWithValue, type KnownCommand, type KnownFlag, type Values } from "./model.js";

/** For fish 3 and later. */
export function fishScript(commands: readonly KnownCommand[]): string {
  const withValue = flagsWithValue(commands);
  const names = withValue.flatMap(({ spellings }) => spellings);
  return `# fish completions for codexcomp: codexcomp completion fish > ~/.config/fish/completions/codexcomp.fish
function __codexcomp_command_is
    set -l skip 0
    for word in (commandline -opc)[2..]
        if test $skip = 1
            set skip 0
        else if contains -- $word ${names.join(" ")}
            set skip 1
        else if not string match -q -- '-*' $word
            contains -- $word $argv
            return
        end
    end
    contains -- none $argv
end
complete -c codexcomp -f
${commands.flatMap(linesOf).join("\n")}
`;
}

function linesOf({ name, summary, flags, values }: KnownCommand): string[] {
  // No command means run.
  const within = `complete -c codexcomp -n '__codexcomp_command_is ${name === "run" ? "run none" : name}'`;
  return [
    `complete -c codexcomp -n '__codexcomp_command_is none' -a ${name} -d ${quote(summary)}`,
    ...flags.map((flag) => `${within} ${flagOptions(flag)}`),
    ...(values && values.kind !== "anything" ? [`${within} ${candidates(values)}`] : []),
  ];
}

function flagOptions({ name, short, describes, values }: KnownFlag): string {
  const parts = [`-l ${name.slice(2)}`];
  if (short !== undefined) parts.push(`-s ${short.slice(1)}`);
  if (values) parts.push("-r", candidates(values));
  return [...parts, `-d ${quote(describes)}`].join(" ");
}

function candidates(values: Values): string {
  if (values.kind === "words") return `-a ${quote(values.words.join(" "))}`;
  if (values.kind === "file") return "-F";
  return values.kind === "directory" ? "-a '(__fish_complete_directories)'" : "-f";
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
