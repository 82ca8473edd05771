/** The colours, by what they mean. Every pair of text and ground has a contrast of at least 4.5 to 1. */
export const colours = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9;
  --card: #ffffff;
  --line: #dfe3e9;
  --text: #171b22;
  --soft: #566072;
  --accent: #3b5bdb;
  --plain: #7c93d9;
  --good: #12805c;
  --bad: #c92a4b;
  --warn: #925400;
  --hold: #e0982b;
  --muted: #aab3c2;
  --on-accent: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1218;
    --card: #181c25;
    --line: #2b313e;
    --text: #e8ebf1;
    --soft: #9aa5b8;
    --accent: #8ea6ff;
    --plain: #5a74d6;
    --good: #3fc796;
    --bad: #ff6b88;
    --warn: #f0b155;
    --hold: #d9902a;
    --muted: #4b5568;
    --on-accent: #0f1218;
  }
}`;

/** How the charts look; they take their colours from {@link colours}. */
export const chartStyle = `
.chart { display: block; width: 100%; height: auto; font: 12px system-ui, sans-serif; }
.chart-label { fill: var(--soft); }
.chart-value { fill: var(--text); font-weight: 600; }
.chart-tier { fill: var(--bad); font-weight: 600; }
.chart-grid { stroke: var(--line); stroke-width: 1; }
.chart-axis { stroke: var(--soft); stroke-width: 1; }
.chart-mark { stroke: var(--bad); stroke-width: 1; stroke-dasharray: 2 4; opacity: .55; }
.chart-whisker { stroke: var(--text); stroke-width: 1.5; }
.chart-line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.chart-bar.tone-plain, .chart-dot.tone-plain { fill: var(--plain); }
.chart-bar.tone-accent, .chart-dot.tone-accent { fill: var(--accent); }
.chart-bar.tone-good, .chart-dot.tone-good { fill: var(--good); }
.chart-bar.tone-bad, .chart-dot.tone-bad { fill: var(--bad); }
.chart-bar.tone-muted, .chart-dot.tone-muted { fill: var(--muted); }
.chart-line.tone-plain { stroke: var(--plain); }
.chart-line.tone-accent { stroke: var(--accent); }
.chart-line.tone-good { stroke: var(--good); }
.chart-line.tone-bad { stroke: var(--bad); }
.chart-line.tone-muted { stroke: var(--muted); }`;
