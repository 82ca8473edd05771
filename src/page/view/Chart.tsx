/** A chart, which comes as SVG text with everything in it escaped. */
export function Chart({ svg }: { readonly svg: string }) {
  return <div class="figure" dangerouslySetInnerHTML={{ __html: svg }} />;
}
