/** `maxN` to `max-n`. */
export function kebabCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The environment variable that gives a flag's default: `maxN` to `CODEXCOMP_MAX_N`. */
export function variableName(key: string): string {
  return `CODEXCOMP_${kebabCase(key).replaceAll("-", "_").toUpperCase()}`;
}
