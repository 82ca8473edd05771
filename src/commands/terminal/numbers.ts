const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** `12,345` */
export function count(value: number): string {
  return whole.format(value);
}

/** `4.7%`; `-` of nothing. */
export function share(part: number, all: number): string {
  return all === 0 ? "-" : `${((100 * part) / all).toFixed(1)}%`;
}

/** `2.3 GB` */
export function bytes(value: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let index = 0;
  for (; value >= 1000 && index < units.length - 1; index++) value /= 1000;
  return `${index === 0 ? value : value.toFixed(1)} ${units[index]}`;
}

/** `4.1 s`, `3 min`, `2.5 h` */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
