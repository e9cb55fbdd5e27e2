import { Widget } from '@lumino/widgets';
import { act } from '@testing-library/react';
import { serverPath } from '../../status/currentDocument';
import { StorageModel } from '../../reports/storageModel';
import { FateStatus } from '../../status/fateStatus';
import {
  fates,
  gone,
  HandWatch,
  json,
  Server,
  trans,
  where
} from '../synthetic';

describe('The status bar item', () => {
  let server: Server;
  let watch: HandWatch;
  let model: StorageModel;
  let status: FateStatus;
  const onClick = jest.fn();

  beforeEach(() => {
    server = new Server();
    server.answer = () => json([where()]);
    watch = new HandWatch();
    model = new StorageModel({ serverSettings: server.settings, watch });
    status = new FateStatus({ model, trans, onClick });
    act(() => {
      Widget.attach(status, document.body);
    });
  });

  afterEach(() => {
    act(() => {
      status.dispose();
    });
    model.dispose();
  });

  async function happen(something: () => void): Promise<void> {
    await act(async () => {
      something();
      await new Promise(resolve => setTimeout(resolve, 20));
    });
  }

  it('is not there without a document', () => {
    expect(status.active).toBe(false);
    expect(server.asked).toEqual([]);
  });

  it('says the fate of the document, with the evidence on hover', async () => {
    await happen(() => {
      status.path = 'work/a.ipynb';
    });
    expect(status.active).toBe(true);
    expect(status.node.textContent).toBe('kept');
    const title = status.node.querySelector('button')?.title;
    expect(title).toContain('iot-home (volume)');
    expect(title).toContain('The new container gets the same mounts.');
  });

  it('follows the mounts', async () => {
    await happen(() => {
      status.path = 'work/a.ipynb';
    });
    server.answer = () => json([where({ fate: fates('lost') })]);
    await happen(() => {
      watch.mountsChanged();
    });
    expect(status.node.textContent).toBe('lost on update');
  });

  it('keeps what it said when the server goes, says that it is old, and since when on hover', async () => {
    await happen(() => {
      status.path = 'work/a.ipynb';
    });
    server.answer = gone;
    await happen(() => {
      watch.mountsChanged();
    });
    expect(status.node.textContent).toBe('kept, last known');
    const title = status.node.querySelector('button')?.title;
    expect(title).toContain('The server does not answer.');
    expect(title).toContain('This is as of');
  });

  it('never shows the fate of the document before', async () => {
    await happen(() => {
      status.path = 'work/a.ipynb';
    });
    server.answer = gone;
    await happen(() => {
      status.path = 'b.ipynb';
    });
    expect(status.active).toBe(false);
    expect(status.node.textContent).toBe('');
  });

  it('opens the panel', async () => {
    await happen(() => {
      status.path = 'work/a.ipynb';
    });
    status.node.querySelector('button')?.click();
    expect(onClick).toHaveBeenCalledTimes(1);
  });

  it('lets the watch go with the last document', async () => {
    await happen(() => {
      status.path = 'work/a.ipynb';
    });
    expect(watch.running).toBe(true);
    await happen(() => {
      status.path = null;
    });
    expect(watch.running).toBe(false);
    expect(status.active).toBe(false);
  });
});

describe('serverPath', () => {
  const contents = {
    driveName: (path: string) => path.split(':').slice(0, -1).join(':'),
    localPath: (path: string) => path.split(':').slice(-1)[0] ?? ''
  };

  it('strips the drive of real-time collaboration', () => {
    expect(serverPath('RTC:work/a.ipynb', contents)).toBe('work/a.ipynb');
    expect(serverPath('work/a.ipynb', contents)).toBe('work/a.ipynb');
  });

  it('knows nothing of drives whose files are elsewhere', () => {
    expect(serverPath('GitHub:owner/a.ipynb', contents)).toBeNull();
  });
});
