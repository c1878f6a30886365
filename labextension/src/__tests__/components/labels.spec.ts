import {
  againName,
  describe as inWords,
  jobDone,
  jobOutcome,
  jobTitle
} from '../../components/labels';
import { NOT_UNDERSTOOD, RequestError, UNREACHABLE } from '../../restapi';
import { makeJob } from '../makers';
import { trans } from '../render';

describe('words', () => {
  it('names what a job does, and what a plan prepares', () => {
    const job = makeJob('a', { kind: 'update' });
    expect(jobTitle(job, trans)).toBe('Update ml');
    const plan = makeJob('a', { kind: 'plan', plans: 'rollback' });
    expect(jobTitle(plan, trans)).toBe('Preview: Roll back ml');
  });

  it('says of a plan that failed what cannot be done', () => {
    const plan = { kind: 'plan', plans: 'update', state: 'failed' } as const;
    expect(jobOutcome(makeJob('a', plan), trans)).toBe(
      'ml could not be updated'
    );
  });

  it.each([
    ['succeeded', 'Updated ml'],
    ['failed', 'ml could not be updated'],
    ['cancelled', 'Update ml']
  ] as const)('says what a job has done that is %s', (state, words) => {
    const job = makeJob('a', { kind: 'update', state });
    expect(jobDone(job, trans)).toBe(words);
  });

  it.each([
    ['interrupted', 'Resume'],
    ['failed', 'Try again'],
    ['cancelled', 'Try again']
  ] as const)('takes a job that is %s up again by "%s"', (state, word) => {
    expect(againName(makeJob('a', { state }), trans)).toBe(word);
  });

  it('leaves the words of the server as they are', () => {
    const problem = { code: 'x', message: 'No.', remedy: 'Try.' };
    expect(inWords(new RequestError(problem, 409), trans)).toEqual(problem);
  });

  it('has a remedy where the server does not answer', () => {
    for (const code of [UNREACHABLE, NOT_UNDERSTOOD]) {
      const error = new RequestError({ code, message: '', remedy: '' }, 0);
      expect(inWords(error, trans).remedy).not.toBe('');
    }
    expect(inWords(new Error('Oh'), trans).message).toBe('Oh');
  });
});
