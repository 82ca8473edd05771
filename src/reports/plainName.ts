/** A name that came with a request or an event, cut down to what names look like: any other text has no place in reports. */
export function plainName(name: string): string {
  return name.replace(/[^\w.:/-]/g, "?").slice(0, 60);
}
