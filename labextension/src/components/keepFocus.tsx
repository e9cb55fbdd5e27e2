/**
 * Keeps the focus in the panel when what had it goes away.
 *
 * The browser gives it to the page then, and who works with the keyboard is thrown back to the start.
 */
import * as React from 'react';

const FOCUSABLE =
  'button, input, select, textarea, a[href], [tabindex]:not([tabindex="-1"])';

export function KeepFocus(props: {
  className: string;
  busy: boolean;
  children: React.ReactNode;
}): React.ReactElement {
  const frame = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    const node = frame.current;
    return node ? watchFocus(node) : undefined;
  }, []);
  return (
    <div className={props.className} aria-busy={props.busy} ref={frame}>
      {props.children}
    </div>
  );
}

/**
 * Follow the focus below a node until the returned function is called.
 */
function watchFocus(node: HTMLElement): () => void {
  let last: Element | null = null;
  const note = (event: Event) => {
    last = event.target as Element;
  };
  const forget = () => {
    // Later, because a node that is being removed may lose the focus first.
    queueMicrotask(() => {
      if (last?.isConnected && document.activeElement !== last) {
        last = null;
      }
    });
  };
  const observer = new MutationObserver(records => {
    if (last === null || last.isConnected) {
      return;
    }
    const removal = records.find(({ removedNodes }) =>
      Array.from(removedNodes).some(removed => removed.contains(last))
    );
    last = null;
    const { activeElement } = document;
    if (removal && (!activeElement || activeElement === document.body)) {
      neighbour(node, removal)?.focus();
    }
  });
  node.addEventListener('focusin', note);
  node.addEventListener('focusout', forget);
  observer.observe(node, { childList: true, subtree: true });
  return () => {
    observer.disconnect();
    node.removeEventListener('focusin', note);
    node.removeEventListener('focusout', forget);
  };
}

/**
 * What comes next after the place of a removal in the same part of the panel, or else before it.
 */
function neighbour(
  node: HTMLElement,
  { target, previousSibling, nextSibling }: MutationRecord
): HTMLElement | null {
  const place = target.isConnected ? target : node;
  const near = place instanceof Element ? place : place.parentElement;
  const part = near?.closest<HTMLElement>('section') ?? node;
  const all = Array.from(part.querySelectorAll<HTMLElement>(FOCUSABLE));
  const after = all.find(each =>
    nextSibling?.isConnected
      ? nextSibling.contains(each) || follows(nextSibling, each)
      : previousSibling?.isConnected
        ? follows(previousSibling, each) && !previousSibling.contains(each)
        : follows(place, each) && !place.contains(each)
  );
  const mark = previousSibling?.isConnected ? previousSibling : place;
  const before = all
    .filter(each => mark.contains(each) || follows(each, mark))
    .pop();
  return after ?? before ?? all[0] ?? null;
}

/**
 * Whether `later` comes after `first` in the document.
 */
function follows(first: Node, later: Node): boolean {
  return Boolean(
    first.compareDocumentPosition(later) & Node.DOCUMENT_POSITION_FOLLOWING
  );
}
