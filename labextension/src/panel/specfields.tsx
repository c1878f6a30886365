/**
 * The fields above the spec editor.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { DateField, NameField } from '../components/spec/specheader';
import { UpdateOptions } from '../components/spec/updateoptions';
import { SpecDraft, UpdateDraft } from '../model';

/** Return the fields of a draft; `onEdit` is called before a field changes. */
export function specFields(
  draft: SpecDraft,
  onEdit: () => void,
  trans: TranslationBundle
): JSX.Element {
  return (
    <>
      {draft instanceof UpdateDraft ? (
        <UpdateOptions
          options={draft.options}
          onChange={options => (draft.options = options)}
          trans={trans}
        />
      ) : (
        <NameField
          name={draft.name}
          specName={draft.specName}
          isNameValid={draft.isNameValid}
          isRead={!!draft.checked?.spec}
          setName={name => {
            onEdit();
            draft.name = name;
          }}
          trans={trans}
        />
      )}
      <DateField
        date={draft.excludeNewer}
        setDate={date => {
          onEdit();
          draft.excludeNewer = date;
        }}
        trans={trans}
      />
    </>
  );
}
