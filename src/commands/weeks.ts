/**
 * The week a moment belongs to, as the date of its Monday: `2026-11-16`. By the local calendar, because people remember
 * their weeks by it.
 */
export function weekOf(time: number): string {
  const day = new Date(time);
  const monday = new Date(day.getFullYear(), day.getMonth(), day.getDate() - ((day.getDay() + 6) % 7));
  return localDate(monday);
}

/** `2026-11-16` by the local calendar. */
export function localDate(day: Date): string {
  const pad = (part: number) => String(part).padStart(2, "0");
  return `${day.getFullYear()}-${pad(day.getMonth() + 1)}-${pad(day.getDate())}`;
}
