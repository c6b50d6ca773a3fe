import { cn } from "./cn.ts";

export interface SparklineProps {
  /** null is a gap. */
  values: readonly (number | null)[];
  className?: string;
  width?: number;
  height?: number;
}

/** A trend without axes. From zero, so that two of them compare; gaps stay gaps. */
export function Sparkline({ values, className, width = 64, height = 22 }: SparklineProps) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return <svg aria-hidden width={width} height={height} className={className} />;
  const top = Math.max(...known) * 1.08 || 1;
  // It begins with the first measured value: a long empty lead would squeeze the trend into the last pixels.
  const path = drawPath(values.slice(values.findIndex((value) => value !== null)), width, height, top);
  return (
    <svg
      aria-hidden
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      className={cn("overflow-visible", className)}
    >
      <path d={path} fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinejoin="round" strokeLinecap="round" />
    </svg>
  );
}

function drawPath(values: readonly (number | null)[], width: number, height: number, top: number): string {
  let penDown = false;
  return values
    .map((value, index) => {
      if (value === null) {
        penDown = false;
        return "";
      }
      const x = (index / Math.max(1, values.length - 1)) * width;
      const y = height - 1 - (value / top) * (height - 2);
      const command = penDown ? "L" : "M";
      penDown = true;
      return `${command}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
}
