/**
 * Where tabs are shown: JupyterLab has a main area for any number of them, Notebook 7 has the tabs of its tree page.
 */

import { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import { URLExt } from '@jupyterlab/coreutils';
import { TabPanel, Widget } from '@lumino/widgets';

import { Route, toRoute } from '../panel';

/** The parameter of the address of a page that shows a route. */
const PARAMETER = 'envkernels';

/** Shows tabs. */
export interface IPlace {
  /** Whether tabs can be shown in this page. */
  readonly isHere: boolean;
  add(tab: Widget): void;
  /** Bring a tab to the front. */
  activate(tab: Widget): void;
}

/** Return the place of tabs in an application; `shell` is that of JupyterLab, or null. */
export function placeOf(app: JupyterFrontEnd, shell: ILabShell | null): IPlace {
  if (shell) {
    return {
      isHere: true,
      add: tab => shell.add(tab, 'main'),
      activate: ({ id }) => shell.activateById(id)
    };
  }
  return {
    get isHere() {
      return treeOf(app) !== null;
    },
    add: tab => {
      tab.title.closable = true;
      treeOf(app)?.addWidget(tab);
    },
    activate: tab => {
      const tree = treeOf(app);
      if (tree) {
        tree.currentWidget = tab;
        tab.activate();
      }
    }
  };
}

/** Show a route in a tree page of its own. */
export function openPage(baseUrl: string, route: Route): void {
  const page = URLExt.join(baseUrl, 'tree');
  const query = URLExt.objectToQueryString({
    [PARAMETER]: JSON.stringify(route)
  });
  window.open(page + query);
}

/** Return the route that this page was opened for; null if there is none. */
export function pageRoute(): Route | null {
  try {
    const text = new URLSearchParams(location.search).get(PARAMETER);
    return toRoute(JSON.parse(text ?? 'null'));
  } catch {
    return null;
  }
}

/** Return the tabs of the tree page; null in other pages. */
function treeOf({ shell }: JupyterFrontEnd): TabPanel | null {
  const main = [...shell.widgets('main')];
  return main.find(one => one instanceof TabPanel) ?? null;
}
