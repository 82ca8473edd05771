import { element, escaped } from "./markup.js";

export interface TableOptions {
  readonly caption: string;
  readonly columns: readonly { readonly title: string; readonly numeric?: boolean }[];
  readonly rows: readonly (readonly string[])[];
}

/** The numbers behind a chart, for those who would rather read. @returns a `table` element as text */
export function dataTable({ caption, columns, rows }: TableOptions): string {
  const numeric = (index: number) => (columns[index]?.numeric ? "numeric" : undefined);
  const head = columns.map(({ title }, index) =>
    element("th", { scope: "col", class: numeric(index) }, escaped(title) || " "),
  );
  const body = rows.map((row) => {
    const cells = row.map((text, index) =>
      index === 0
        ? element("th", { scope: "row", class: numeric(index) }, escaped(text) || " ")
        : element("td", { class: numeric(index) }, escaped(text) || " "),
    );
    return element("tr", {}, cells.join(""));
  });
  const parts = [
    element("caption", {}, escaped(caption)),
    element("thead", {}, element("tr", {}, head.join(""))),
    `<tbody>${body.join("")}</tbody>`,
  ];
  return element(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    element("table", {}, parts.join("")),
  );
}
