import React from 'react';

import {
  Badge,
  BADGE_COLORS,
  badgeColor,
  badgeLetters
} from '../../components/badge';
import { Page } from '../render';

/** The contrast of two colours after WCAG 2. */
function contrast(one: string, other: string): number {
  const [light, dark] = [one, other].map(luminance).sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5]
    .map(place => parseInt(color.slice(place, place + 2), 16) / 255)
    .map(part =>
      part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

describe('badgeLetters', () => {
  it.each([
    ['ocean-2026', 'O6'],
    ['teaching-statistics', 'Ts'],
    ['lesson', 'Le'],
    ['course101', 'C1'],
    ['stats_r', 'Sr'],
    ['base', 'Ba'],
    ['py3.11', 'P1'],
    ['thesis:test', 'Tt'],
    ['__new', 'Ne'],
    ['r', 'R'],
    ['7', '7'],
    ['ÜBUNG', 'Üb']
  ])('of %s are %s', (name, letters) => {
    expect(badgeLetters(name)).toBe(letters);
  });
});

describe('badgeColor', () => {
  it('is one for an id, and differs between many', () => {
    expect(badgeColor('9f86d081884c')).toBe(badgeColor('9f86d081884c'));
    const ids = Array.from({ length: 13 }, (_, i) => i.toString(16));
    expect(new Set(ids.map(badgeColor)).size).toBe(BADGE_COLORS.length);
    expect(badgeColor('')).toBe(BADGE_COLORS[0]);
  });

  it.each(BADGE_COLORS)('%s can be read in both themes', color => {
    expect(contrast(color, '#ffffff')).toBeGreaterThan(4.5);
    expect(contrast(color, '#212121')).toBeGreaterThan(3);
  });
});

describe('Badge', () => {
  it('is not read aloud beside the name', () => {
    const page = new Page();
    page.render(<Badge environment={{ id: 'ab', name: 'lesson' }} isLarge />);
    const [badge] = page.all('.jp-EnvKernels-badge.jp-mod-large');
    expect(badge.textContent).toBe('Le');
    expect(badge.getAttribute('aria-hidden')).toBe('true');
    page.dispose();
  });
});
