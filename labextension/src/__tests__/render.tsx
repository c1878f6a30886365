/**
 * Components in a page, used as a user would.
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

  /** Open what is folded under these words. */
  unfold(words: string): void {
    const found = this.all('summary').find(node => node.textContent === words);
    const details = found?.parentElement as HTMLDetailsElement;
    act(() => {
      details.open = true;
      details.dispatchEvent(new Event('toggle'));
    });
  }

  /** Change the value of a field, as user input. */
  type(selector: string, value: string): void {
    const [node] = this.all(selector);
    const { set } = Object.getOwnPropertyDescriptor(
      Object.getPrototypeOf(node),
      'value'
    )!;
    act(() => {
      // React has put a setter of its own on the node.
      set!.call(node, value);
      node.dispatchEvent(new Event('input', { bubbles: true }));
      node.dispatchEvent(new Event('change', { bubbles: true }));
    });
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
