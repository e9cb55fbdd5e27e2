/**
 * The sections of the panel, from top to bottom. A new one is added here, and nowhere else.
 */
import { ChangesSection } from './changes/changesSection';
import { FindingsSection } from './findings/findingsSection';
import { MountsSection } from './mounts/mountsSection';
import { SummarySection } from './mounts/summary';
import { PackagesContainer } from './packages/container';
import { PythonSection } from './python/pythonSection';
import type { ISection } from './section';
import { SharesSection } from './shares/sharesSection';

export const SECTIONS: readonly ISection[] = [
  {
    id: 'summary',
    title: trans => trans.__('Your notebooks'),
    needs: 'mounts',
    component: SummarySection
  },
  {
    id: 'findings',
    title: trans => trans.__('Needs attention'),
    needs: 'answers',
    component: FindingsSection
  },
  {
    id: 'mounts',
    title: trans => trans.__('Where things are'),
    needs: 'mounts',
    component: MountsSection
  },
  {
    id: 'changes',
    title: trans => trans.__('Lost at the next update'),
    needs: 'container',
    component: ChangesSection
  },
  {
    id: 'packages',
    title: trans => trans.__('Packages'),
    needs: 'answers',
    component: PackagesContainer
  },
  {
    id: 'shares',
    title: trans => trans.__('Samba and other shares'),
    needs: 'answers',
    component: SharesSection
  },
  {
    id: 'python',
    title: trans => trans.__('Python'),
    needs: 'answers',
    component: PythonSection
  }
];
