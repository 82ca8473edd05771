/** Charts as SVG text: pure functions from numbers to pictures, for the live page and for files to keep. */
export { bars, columns, type Bar, type BarsOptions, type Column, type ColumnsOptions } from "./bars.js";
export type { ChartText, Tone } from "./frame.js";
export { histogram, type HistogramOptions } from "./histogram.js";
export { lines, type LinesOptions, type Series } from "./lines.js";
export { dataTable, type TableOptions } from "./table.js";
