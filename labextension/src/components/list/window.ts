/**
 * Rows of known heights, of which only those in sight are in the document.
 */

import React from 'react';

/** Pixels above and below the part in sight that have rows too. */
const MARGIN = 200;

/** The height of a list that has none yet. */
const UNKNOWN_HEIGHT = 800;

export interface IWindow {
  /** The upper edge of each row. */
  tops: ReadonlyArray<number>;
  /** The height of all rows. */
  total: number;
  /** The first row in sight, and the one after the last. */
  first: number;
  end: number;
}

/** Return which rows are in sight. */
export function windowOf(
  heights: ReadonlyArray<number>,
  scrolled: number,
  height: number
): IWindow {
  const tops: number[] = [];
  let total = 0;
  for (const one of heights) {
    tops.push(total);
    total += one;
  }
  // Where rows have gone, the browser tells later how far it has scrolled back.
  const start = Math.min(scrolled, Math.max(total - height, 0));
  const isBefore = (top: number, place: number) =>
    top + heights[place] < start - MARGIN;
  const isAfter = (top: number) => top > start + height + MARGIN;
  const first = tops.filter(isBefore).length;
  const end = tops.length - tops.filter(isAfter).length;
  return { tops, total, first, end };
}

/** Return which rows of a list that scrolls are in sight, again when it scrolls or changes its size. */
export function useWindow(
  list: React.RefObject<HTMLElement>,
  heights: ReadonlyArray<number>
): IWindow {
  const [view, setView] = React.useState({ scrolled: 0, height: 0 });
  React.useLayoutEffect(() => {
    const node = list.current!;
    const measure = () =>
      setView(known => {
        // A window has a margin: not every pixel needs new rows.
        const scrolled = Math.floor(node.scrollTop / 40) * 40;
        const height = node.clientHeight;
        return known.scrolled === scrolled && known.height === height
          ? known
          : { scrolled, height };
      });
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    node.addEventListener('scroll', measure, { passive: true });
    measure();
    return () => {
      observer.disconnect();
      node.removeEventListener('scroll', measure);
    };
  }, [list]);
  return windowOf(heights, view.scrolled, view.height || UNKNOWN_HEIGHT);
}

/** Scroll so far that a row is in sight. */
export function reveal(node: HTMLElement, top: number, height: number): void {
  const { clientHeight, scrollTop } = node;
  if (top < scrollTop) {
    node.scrollTop = top;
  } else if (top + height > scrollTop + clientHeight) {
    node.scrollTop = top + height - clientHeight;
  }
}
