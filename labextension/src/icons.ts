/**
 * The panel's own icon: storage as stacked disks.
 */
import { LabIcon } from '@jupyterlab/ui-components';

export const storageIcon = new LabIcon({
  name: 'ide49-storage:storage',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M12 2C7 2 3.5 3.6 3.5 5.8v1.4C3.5 9.4 7 11 12 11s8.5-1.6 8.5-3.800V5.800C20.5 3.6 17 2 12 2z"/>
    <path d="M3.5 10v3.200c0 2.2 3.5 3.8 8.5 3.800s8.5-1.6 8.5-3.800V10c-1.5 1.9-4.7 3-8.5 3s-7-1.1-8.5-3z"/>
    <path d="M3.5 16v2.200c0 2.2 3.5 3.8 8.5 3.800s8.5-1.6 8.5-3.800V16c-1.5 1.9-4.7 3-8.5 3s-7-1.1-8.5-3z"/>
  </g>
</svg>`
});
