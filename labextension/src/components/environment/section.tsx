/**
 * A section of the overview of an environment.
 */

import React from 'react';

interface ISectionProps {
  title: string;
  /** An amount, after the title. */
  amount?: React.ReactNode;
  children: React.ReactNode;
}

/** Show a titled section. */
export function Section({
  amount,
  children,
  title
}: ISectionProps): JSX.Element {
  return (
    <section aria-label={title}>
      <h3>
        {title}
        {amount !== undefined && amount !== null && (
          <span className="jp-EnvKernels-count"> {amount}</span>
        )}
      </h3>
      {children}
    </section>
  );
}
