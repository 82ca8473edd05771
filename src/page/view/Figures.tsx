export interface Figure {
  readonly what: string;
  readonly value: string;
  /** A line below the value. */
  readonly note?: string;
  readonly tone?: "good" | "bad" | "warn";
}

/** Numbers that matter, with what they are. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <dl class="figures">
      {figures.map(({ what, value, note, tone }) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd class={tone}>
            {value}
            {note && <small>{note}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
