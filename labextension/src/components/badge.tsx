/**
 * The badge of an environment: two letters on a colour, by which it is recognised everywhere.
 */

import React from 'react';

/** Hues of one luminance (0.165): white letters have a contrast of 4.9:1, the edge on #212121 3.3:1. */
export const BADGE_COLORS = [
  '#ce3b30',
  '#b5551e',
  '#96680c',
  '#6a7811',
  '#39802b',
  '#208150',
  '#127f76',
  '#1779a0',
  '#2b70cb',
  '#6366cb',
  '#8b58c4',
  '#b344a9',
  '#cc3375'
] as const;

/** Return the colour of an environment; its id is a hash already. */
export function badgeColor(id: string): string {
  const number = parseInt(id.slice(0, 8), 16);
  return BADGE_COLORS[(number || 0) % BADGE_COLORS.length];
}

/**
 * Return the letters of a name: the first one, then the last digit if the name ends in one, else the first of the
 * second word, else the second letter.
 */
export function badgeLetters(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? [name];
  const [first = '', second = ''] = [...words[0]];
  const next = /.\p{N}$/su.test(name)
    ? name.slice(-1)
    : ([...(words[1] ?? '')][0] ?? second);
  return first.toUpperCase() + next.toLowerCase();
}

interface IBadgeProps {
  environment: { id: string; name: string };
  /** Whether it is that of a page. */
  isLarge?: boolean;
}

/** Show the badge; the name beside it says the same to screen readers. */
export function Badge({ environment, isLarge }: IBadgeProps): JSX.Element {
  const { id, name } = environment;
  return (
    <span
      className={`jp-EnvKernels-badge${isLarge ? ' jp-mod-large' : ''}`}
      style={{ background: badgeColor(id) }}
      aria-hidden="true"
    >
      {badgeLetters(name)}
    </span>
  );
}
