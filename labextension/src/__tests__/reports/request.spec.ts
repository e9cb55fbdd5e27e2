import {
  classify,
  quotePath,
  request,
  type RequestError
} from '../../reports/request';
import { gone, json, Server } from '../synthetic';

const body = { message: 'No.', code: 'no-such-thing' };

async function failure(server: Server): Promise<RequestError> {
  try {
    await request('mounts', server.settings);
  } catch (error) {
    return error as RequestError;
  }
  throw new Error('The request did not fail');
}

describe('request', () => {
  it('asks below the base address and in the namespace of the extension', async () => {
    const server = new Server();
    server.answer = () => json({ at: 'now' });
    await expect(request('mounts', server.settings)).resolves.toEqual({
      at: 'now'
    });
    expect(server.asked).toEqual(['http://server/base/ide49-storage/mounts']);
  });

  it('says that the server is gone when nothing answers', async () => {
    const server = new Server();
    server.answer = gone;
    await expect(failure(server)).resolves.toMatchObject({
      reason: 'gone',
      status: null
    });
  });

  it('gives up on a server that is silent for too long', async () => {
    jest.useFakeTimers();
    try {
      const settings = {
        ...new Server().settings,
        fetch: (info: RequestInfo) =>
          new Promise<Response>((_, reject) => {
            (info as Request).signal.addEventListener('abort', () => {
              reject(new Error('aborted'));
            });
          })
      };
      const answer = request('mounts', settings);
      const check = expect(answer).rejects.toMatchObject({ reason: 'gone' });
      await jest.advanceTimersByTimeAsync(30_000);
      await check;
    } finally {
      jest.useRealTimers();
    }
  });

  it('says that the extension is missing for a 404 that is not its own', async () => {
    const server = new Server();
    server.answer = () => json({ message: 'Not Found', reason: null }, 404);
    await expect(failure(server)).resolves.toMatchObject({
      reason: 'missing',
      status: 404
    });
  });

  it('keeps the message of an error of the extension', async () => {
    const server = new Server();
    server.answer = () => json(body, 400);
    await expect(failure(server)).resolves.toMatchObject({
      reason: 'refused',
      message: 'No.'
    });
  });

  it.each([
    ['<!DOCTYPE html><title>Sign in</title>', 'page'],
    ['\n<html><body>Gateway</body></html>', 'page'],
    ['{"at": "now", "mounts": [{"mou', 'cut'],
    ['', 'cut'],
    ['null', 'cut'],
    ['"OK"', 'cut']
  ])('tells what came in the place of an answer: %j', async (text, reason) => {
    const server = new Server();
    server.answer = () => new Response(text);
    await expect(failure(server)).resolves.toMatchObject({ reason });
  });
});

describe('classify', () => {
  it.each([
    [401, false, 'forbidden'],
    [403, true, 'forbidden'],
    [404, false, 'missing'],
    [404, true, 'refused'],
    [413, true, 'refused'],
    [424, false, 'gone'],
    [500, true, 'failed'],
    [502, false, 'gone'],
    [503, false, 'gone'],
    [504, false, 'gone']
  ])('takes %d (explained: %s) for %s', (status, explained, reason) => {
    expect(classify(status, explained)).toBe(reason);
  });
});

describe('quotePath', () => {
  it('quotes what means something in an address', () => {
    expect(quotePath('a b/c&d=é')).toBe('a%20b%2Fc%26d%3D%C3%A9');
  });

  it('gives undecodable bytes back as they were', () => {
    expect(quotePath('x\udcffy\udc80')).toBe('x%FFy%80');
  });

  it('leaves characters outside the basic plane whole', () => {
    expect(quotePath('📓')).toBe('%F0%9F%93%93');
  });
});
