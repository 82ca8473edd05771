export interface MeterProps {
  readonly title: string;
  /** May be more than 100. */
  readonly usedPercent: number;
  /** The same in words. */
  readonly says: string;
  readonly note?: string | undefined;
}

/** From here on it is time to look. */
const MUCH = 80;

/** How much of something is used up. */
export function Meter({ title, usedPercent, says, note }: MeterProps) {
  const used = Math.min(100, usedPercent);
  return (
    <div class="meter-row">
      <div>
        <b>{title}</b>
        <span>{says}</span>
        {note !== undefined && <span class="soft">{note}</span>}
      </div>
      <div
        class={`meter${usedPercent >= 100 ? " full" : usedPercent >= MUCH ? " much" : ""}`}
        role="meter"
        aria-label={title}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={used}
        aria-valuetext={says}
      >
        <i style={{ width: `${used}%` }} />
      </div>
    </div>
  );
}
