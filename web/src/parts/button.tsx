import type { ButtonHTMLAttributes } from 'react';

const KINDS = {
  plain: 'border border-edge bg-raised hover:border-accent',
  main: 'border border-accent bg-accent text-on-accent font-semibold hover:brightness-110',
  quiet: 'border border-transparent hover:bg-raised',
  danger: 'border border-bad text-bad bg-bad/10 hover:bg-bad/20',
} as const;

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: keyof typeof KINDS;
  readonly size?: 'normal' | 'small';
}

export function Button({ kind = 'plain', size = 'normal', className = '', type = 'button', ...rest }: ButtonProps) {
  const measure = size === 'small' ? 'min-h-6 px-2 text-xs' : 'min-h-8 px-3';
  return (
    <button
      type={type}
      className={`inline-flex items-center justify-center gap-1.5 rounded-md whitespace-nowrap disabled:opacity-50 ${measure} ${KINDS[kind]} ${className}`}
      {...rest}
    />
  );
}
