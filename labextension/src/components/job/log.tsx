/**
 * A job's log.
 */

import React from 'react';

import { IBaseProps, TextButton } from '../common';

interface ILogProps extends IBaseProps {
  text: string;
  /** Whether the beginning is not shown. */
  isCut: boolean;
}

/** Show the log, scrolled to its end until the user scrolls up. */
export function Log(props: ILogProps): JSX.Element {
  const { isCut, text, trans } = props;
  const view = React.useRef<HTMLPreElement>(null);
  const [follows, setFollows] = React.useState(true);
  const toEnd = () => {
    view.current!.scrollTop = view.current!.scrollHeight;
  };
  React.useLayoutEffect(() => {
    if (follows) {
      toEnd();
    }
  }, [text, follows]);
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = view.current!;
    setFollows(scrollHeight - scrollTop - clientHeight < 8);
  };
  return (
    <div className="jp-EnvKernels-logBox">
      <pre
        ref={view}
        className="jp-EnvKernels-log"
        role="log"
        aria-live="off"
        aria-label={trans.__('Log')}
        tabIndex={0}
        onScroll={onScroll}
      >
        {isCut && `${trans.__('(The beginning of the log is not shown.)')}\n`}
        {text}
      </pre>
      {!follows && (
        <div className="jp-EnvKernels-logEnd">
          <TextButton onClick={toEnd}>{trans.__('Scroll to end')}</TextButton>
        </div>
      )}
    </div>
  );
}
