const light = `
  --page: #fbfaf8; --surface: #ffffff; --ink: #1b1f24; --muted: #5d6672; --line: #e6e4df; --shade: #0000001f; --axis: #b9b6af; --accent: #2a63c4;
  --series-1: #2a63c4; --series-2: #d4621c; --series-3: #12866f; --series-4: #a83a92; --series-5: #8f6c00; --series-6: #6b52c9;
  --series-7: #bf3340; --series-8: #56616d;`;

const dark = `
  --page: #121416; --surface: #1a1d21; --ink: #e7e9ec; --muted: #9ba4af; --line: #2c3137; --shade: #00000080; --axis: #535b65; --accent: #7aabff;
  --series-1: #6fa4ff; --series-2: #ff9c5e; --series-3: #45cdb2; --series-4: #ee8ddb; --series-5: #dcbb4f; --series-6: #a897ff;
  --series-7: #ff838b; --series-8: #a5b0bc;`;

/** The style of a report's page: light, dark, phone and paper. */
export const pageStyle = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
@media print { :root { color-scheme: light; ${light} --page: #ffffff; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif;
}
header, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 3.5rem; }
h1 { font-size: clamp(1.6rem, 1.2rem + 1.8vw, 2.3rem); line-height: 1.2; letter-spacing: -0.015em; margin: 0 0 1.25rem; text-wrap: balance; }
h2 { font-size: 1.35rem; line-height: 1.3; letter-spacing: -0.01em; margin: 3.5rem 0 1.25rem; padding-top: 1.5rem; border-top: 1px solid var(--line); text-wrap: balance; }
h3 .unit { color: var(--muted); font-weight: 400; }
h3 { font-size: 1.05rem; line-height: 1.35; margin: 0 0 0.9rem; text-wrap: balance; }
.summary { max-width: 44rem; }
.summary p { margin: 0 0 0.7rem; }
.summary p:first-child { font-size: 1.15rem; line-height: 1.5; }
.summary p:not(:first-child) { color: var(--muted); }
nav { margin: 1.75rem 0 0; font-size: 0.9rem; }
nav ul { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0.35rem 1.25rem; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 0.18em; }
.part { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 1.25rem 1.4rem; margin: 1.25rem 0; }
header + main > .part:first-child { margin-top: 2rem; }
.scroll {
  overflow-x: auto;
  background:
    linear-gradient(to right, var(--surface) 60%, transparent) 0 0 / 2.5rem 100% no-repeat local,
    linear-gradient(to left, var(--surface) 60%, transparent) 100% 0 / 2.5rem 100% no-repeat local,
    linear-gradient(to right, var(--shade), transparent) 0 0 / 0.8rem 100% no-repeat scroll,
    linear-gradient(to left, var(--shade), transparent) 100% 0 / 0.8rem 100% no-repeat scroll;
}
.note { color: var(--muted); font-size: 0.875rem; line-height: 1.5; margin: 0.9rem 0 0; max-width: 46rem; }
figure { margin: 0; }

table.data { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums lining-nums; min-width: min(100%, 22rem); }
table.data th, table.data td { padding: 0.42rem 0.6rem; text-align: left; vertical-align: baseline; }
table.data th:first-child, table.data td:first-child { padding-left: 0; }
table.data th:last-child, table.data td:last-child { padding-right: 0; }
table.data thead th { color: var(--muted); font-weight: 500; font-size: 0.82rem; line-height: 1.3; vertical-align: bottom; border-bottom: 1px solid var(--axis); max-width: 9rem; }
table.data thead .unit { display: block; white-space: nowrap; font-weight: 400; }
table.data tbody th { font-weight: 500; min-width: 7rem; max-width: 24rem; }
table.data tbody th.short { white-space: nowrap; }
table.data tbody tr + tr > * { border-top: 1px solid var(--line); }
table.data .number { text-align: right; }
table.data tbody .number { white-space: nowrap; }
table.data .spread { color: var(--muted); padding-left: 0; }
table.data .missing { color: var(--muted); }
@media (hover: hover) { table.data tbody tr:hover > * { background: color-mix(in srgb, var(--accent) 7%, transparent); } }

.drawing svg { display: block; max-width: 100%; height: auto; }
.drawing svg text { font-family: inherit; }
.drawing.narrow { display: none; }
details { margin-top: 0.9rem; font-size: 0.875rem; }
summary { cursor: pointer; color: var(--muted); width: fit-content; }
details[open] > summary { margin-bottom: 0.75rem; }

table.grid { border-collapse: separate; border-spacing: 0.5rem 0.6rem; margin: 0 -0.5rem; }
table.grid th { color: var(--muted); font-weight: 500; font-size: 0.82rem; line-height: 1.25; text-align: center; padding: 0; }
table.grid thead th { vertical-align: bottom; width: 1px; }
table.grid tbody th { text-align: right; padding-right: 0.4rem; max-width: 9rem; }
table.grid tbody th.short { white-space: nowrap; }
table.grid td { padding: 0; text-align: center; vertical-align: top; }
table.grid img { display: block; margin: 0 auto; image-rendering: pixelated; border-radius: 3px; box-shadow: 0 0 0 1px var(--line); }
table.grid figcaption { color: var(--muted); font-size: 0.78rem; line-height: 1.3; margin-top: 0.3rem; }
.key { display: flex; flex-wrap: wrap; gap: 0.4rem 1.75rem; margin: 0.8rem 0 0; padding: 0; list-style: none; color: var(--muted); font-size: 0.82rem; font-variant-numeric: tabular-nums; }
.key li { display: flex; align-items: center; gap: 0.5rem; }
.key .bar { width: 7.5rem; height: 0.65rem; border-radius: 3px; box-shadow: 0 0 0 1px var(--line); }
footer { color: var(--muted); font-size: 0.82rem; padding-top: 2rem; padding-bottom: 3rem; }

@media (max-width: 640px) {
  header, main, footer { padding-left: 1rem; padding-right: 1rem; }
  header { padding-top: 2rem; }
  .part { margin-left: -1rem; margin-right: -1rem; padding: 1.1rem 1rem; border-radius: 0; border-left: 0; border-right: 0; }
  .drawing.narrow { display: block; }
  .drawing.narrow svg { width: 100%; max-width: 27rem; }
  .drawing.has-narrow { display: none; }
  table.data tbody th, table.data thead th:first-child { position: sticky; left: 0; background: var(--surface); padding-right: 0.6rem; }
  table.data tbody th.short { white-space: normal; min-width: 6.5rem; }
  table.data { font-size: 0.86rem; }
  table.grid img { max-width: 23vw; height: auto; }
}
@media print {
  body { font-size: 10.5pt; }
  header, main, footer { max-width: none; padding: 0; }
  .part { border: 0; padding: 0; margin: 1.5rem 0; break-inside: avoid; }
  .scroll { overflow: visible; background: none; }
  h2 { break-after: avoid; }
  nav, details { display: none; }
  img { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .key .bar { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
