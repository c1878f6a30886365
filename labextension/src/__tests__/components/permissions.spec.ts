import {
  canHaveKernel,
  usableKernels,
  whyKept,
  whyNotTrusted
} from '../../components/permissions';
import { makeEnvironment, makeProblem } from '../makers';
import { trans } from '../render';

const problem = (code: string) =>
  makeProblem({ code, message: 'No.', remedy: '' });
const bare = { kernels: [], problem: problem('no-kernel') };

describe('permissions', () => {
  it('are all given for an own environment', () => {
    const environment = makeEnvironment('ml');
    expect(whyKept(environment, trans)).toBeNull();
    expect(whyNotTrusted(environment, trans)).toBeNull();
    expect(usableKernels(environment)).toEqual(environment.kernels);
    expect(canHaveKernel(environment, trans)).toBe(false);
  });

  it('keep what runs Jupyter for that reason before any other', () => {
    const marks = { is_running: true, is_base: true, read_only: true };
    expect(whyKept(makeEnvironment('a', marks), trans)).toContain('Jupyter');
  });

  it('leave out kernels that cannot start', () => {
    const environment = makeEnvironment('ml');
    const [kernel] = environment.kernels;
    const broken = { ...kernel, id: 'b', problem: problem('broken') };
    const kernels = [broken, kernel];
    expect(usableKernels({ ...environment, kernels })).toEqual([kernel]);
  });

  it.each([
    ['without a kernel', bare, true],
    ['whose packages bring none', { problem: problem('no-kernelspec') }, true],
    ['that is broken', { problem: problem('dangling-link') }, false],
    ['without a kernel that is read-only', { ...bare, read_only: true }, false]
  ])('add a kernel to one %s: %#', (_, more, can) => {
    expect(canHaveKernel(makeEnvironment('a', more), trans)).toBe(can);
  });
});
