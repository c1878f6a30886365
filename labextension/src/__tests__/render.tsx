/**
 * Components in a page, as a person meets them.
 */

import { nullTranslator } from '@jupyterlab/translation';
import { act } from 'react';
import { createRoot, Root } from 'react-dom/client';

export const trans = nullTranslator.load('jupyter_envkernels');

/** A part of the page; made anew for each test. */
export class Page {
  constructor() {
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
    document.body.append(this.node);
    this._root = createRoot(this.node);
  }

  readonly node = document.createElement('div');

  render(element: JSX.Element): void {
    act(() => this._root.render(element));
  }

  all(selector: string): HTMLElement[] {
    return Array.from(this.node.querySelectorAll<HTMLElement>(selector));
  }

  /** The button with this accessible name. */
  button(name: string): HTMLElement {
    const found = this.all('button').find(
      node => (node.getAttribute('aria-label') ?? node.textContent) === name
    );
    if (!found) {
      throw new Error(`No button ${name} in ${this.node.innerHTML}`);
    }
    return found;
  }

  click(name: string): void {
    act(() => this.button(name).click());
  }

  /** Press a key where the focus is. */
  press(key: string): void {
    const event = new KeyboardEvent('keydown', { key, bubbles: true });
    act(() => void document.activeElement!.dispatchEvent(event));
  }

  dispose(): void {
    act(() => this._root.unmount());
    this.node.remove();
  }

  private readonly _root: Root;
}
