import { cva } from "class-variance-authority";
import type { VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

const styles = cva(
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-control border font-medium whitespace-nowrap transition-colors duration-120 select-none [&_svg]:size-3.5 [&_svg]:shrink-0",
  {
    variants: {
      look: {
        plain: "border-line bg-panel text-text hover:border-line-strong hover:bg-raise",
        primary: "border-text bg-text text-bg hover:opacity-90",
        danger: "border-bad/50 bg-panel text-bad hover:border-bad hover:bg-bad/10",
        quiet: "border-transparent bg-transparent text-dim hover:bg-raise hover:text-text",
      },
      size: {
        normal: "h-[30px] px-[11px] text-[12.5px]",
        small: "h-6 px-2 text-xs",
        icon: "size-[30px] p-0",
        iconSmall: "size-6 p-0",
      },
      disabled: {
        true: "cursor-default border-line bg-panel text-faint hover:border-line hover:bg-panel hover:opacity-100",
        false: "",
      },
    },
    defaultVariants: { look: "plain", size: "normal", disabled: false },
  },
);

export interface ButtonProps extends ComponentProps<"button">, Omit<VariantProps<typeof styles>, "disabled"> {
  /** Renders the child (a link, say) with the look of a button. */
  asChild?: boolean;
  /**
   * Why it cannot be pressed now. The button stays focusable, so that the reason can be read with the keyboard, and a
   * press does nothing.
   */
  reason?: string | undefined;
}

export function Button({ asChild = false, look, size, reason, className, onClick, type, ...rest }: ButtonProps) {
  const off = reason !== undefined || rest.disabled === true;
  const classes = cn(styles({ look, size, disabled: off }), className);
  if (asChild) return <Slot.Root {...rest} className={classes} {...(onClick === undefined ? {} : { onClick })} />;
  return (
    <button
      {...rest}
      type={reason === undefined ? (type ?? "button") : "button"}
      className={classes}
      onClick={reason === undefined ? onClick : undefined}
      aria-disabled={off}
      title={reason ?? rest.title}
    />
  );
}
