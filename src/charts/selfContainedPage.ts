import { createHash } from "node:crypto";
import { element, escaped } from "./markup.js";
import { chartStyle, colours } from "./style.js";

export interface PageOptions {
  readonly title: string;
  /** A line below the title, in plain text. */
  readonly subtitle?: string;
  /** What the page shows, one below the other. */
  readonly sections: readonly Section[];
  /** The last line, in plain text: who made this, and when. */
  readonly footer?: string;
  /** The language of the texts. Default `en`. */
  readonly lang?: string;
}

export interface Section {
  readonly title: string;
  /** Plain text; paragraphs. */
  readonly text?: readonly string[];
  /** Figures: a number that matters and what it is. */
  readonly figures?: readonly (readonly [value: string, what: string])[];
  /** Markup: charts, and tables of what they show. */
  readonly charts?: readonly string[];
}

/**
 * One HTML file with charts, to keep or to post. It has no script, and a policy of its own that lets it load nothing.
 *
 * @returns the whole document
 */
export function selfContainedPage({ title, subtitle, sections, footer, lang = "en" }: PageOptions): string {
  const style = `${colours}${pageStyle}${chartStyle}\n`;
  const hash = createHash("sha256").update(style).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="${escaped(lang)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
${subtitle === undefined ? "" : paragraph(subtitle)}
</header>
<main>
${sections.map(sectionOf).join("\n")}
</main>
${footer === undefined ? "" : element("footer", {}, paragraph(footer))}
</body>
</html>
`;
}

function sectionOf({ title, text = [], figures = [], charts = [] }: Section): string {
  const shown = figures.map(([value, what]) =>
    element("div", {}, element("dt", {}, escaped(what)) + element("dd", {}, escaped(value))),
  );
  const parts = [
    element("h2", {}, escaped(title)),
    ...(shown.length > 0 ? [element("dl", { class: "figures" }, shown.join(""))] : []),
    ...text.map(paragraph),
    ...charts.map((chart) => element("figure", {}, chart)),
  ];
  return element("section", {}, parts.join("\n"));
}

function paragraph(text: string): string {
  return element("p", {}, escaped(text));
}

const pageStyle = `
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 3rem; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.6rem; letter-spacing: -.02em; }
h2 { margin: 0 0 .75rem; font-size: 1.1rem; }
header p, footer p { margin: .25rem 0; color: var(--soft); }
section { margin: 1.25rem 0; padding: 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
figure { margin: 1rem 0 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1rem; margin: 0 0 .75rem; }
.figures dt { color: var(--soft); font-size: .85rem; }
.figures dd { margin: 0; font-size: 1.5rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: .25rem; }
th, td { padding: .3rem .6rem .3rem 0; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; }
.numeric { text-align: right; }`;
