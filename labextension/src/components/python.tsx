/**
 * "Python": which one it is, where a plain pip install goes and whether it stays, and the kernels.
 */
import * as React from 'react';
import { useKept, useReport } from '../hooks';
import type { IStorageModel, Kernel, Layout } from '../tokens';
import { fateWord } from '../words';
import type { ITranslated } from './common';
import { Disclosure } from './disclosure';
import { Fact } from './facts';
import { FateMark } from './fate';
import { LongList } from './long';
import { Notice } from './notice';
import { Section } from './section';
import { Path } from './text';

export interface IPythonProps extends ITranslated {
  model: IStorageModel;
}

export function Python(props: IPythonProps): React.ReactElement {
  const { model, trans } = props;
  const report = useReport(model.python).value;
  return (
    <Section
      title={trans.__('Python')}
      gist={report ? gist(report, trans) : ''}
      initiallyOpen={false}
    >
      <Asked {...props} />
    </Section>
  );
}

function gist(layout: Layout, trans: ITranslated['trans']): string {
  const version = layout.interpreter?.version ?? '';
  const target = layout.install?.target;
  return target
    ? trans.__(
        '%1, installs are %2',
        version,
        fateWord(target.where.fate.update, trans)
      )
    : version;
}

/**
 * The content, which asks only while it is open.
 */
function Asked(props: IPythonProps): React.ReactElement {
  const { model, trans } = props;
  const state = useKept(model.python);
  const layout = state.value;
  return (
    <>
      <Notice
        report={model.python}
        state={state}
        loading={trans.__('Asking Python …')}
        trans={trans}
      />
      {layout?.trouble && (
        <p className="ide49-Evidence">{layout.trouble.message}</p>
      )}
      {layout && !layout.trouble && (
        <LayoutFacts layout={layout} trans={trans} />
      )}
      {layout && <Kernels kernels={layout.kernels} trans={trans} />}
    </>
  );
}

function LayoutFacts(
  props: ITranslated & { layout: Layout }
): React.ReactElement {
  const { layout, trans } = props;
  const { interpreter, install, user } = layout;
  return (
    <>
      <dl className="ide49-Facts">
        {interpreter && (
          <Fact name={trans.__('Interpreter')}>
            <p>
              <Path path={interpreter.executable} /> {interpreter.version}
            </p>
          </Fact>
        )}
        {install && (
          <Fact name={trans.__('A plain "pip install"')}>
            {install.target ? (
              <>
                <FateMark
                  fate={install.target.where.fate.update}
                  trans={trans}
                />
                <Path path={install.target.path} />
              </>
            ) : (
              <p>{trans.__('is refused')}</p>
            )}
            {[...install.why, install.stays].map(text => (
              <p key={text} className="ide49-Evidence">
                {text}
              </p>
            ))}
          </Fact>
        )}
        {user && (
          <Fact name={trans.__('Your packages')}>
            <FateMark fate={user.base.where.fate.update} trans={trans} />
            <Path path={user.base.path} />
            <p className="ide49-Evidence">
              {user.base_from}. {user.why}
            </p>
          </Fact>
        )}
      </dl>
      <Disclosure label={trans.__('Where Python looks, in order')}>
        <ol className="ide49-PathList">
          {layout.path.map((entry, index) => (
            <li key={index}>
              <Path path={entry.place.path} />{' '}
              <span className="ide49-Evidence">
                {entry.origin}
                {entry.place.state === 'missing' &&
                  `, ${trans.__('not there')}`}
              </span>
            </li>
          ))}
        </ol>
      </Disclosure>
    </>
  );
}

function Kernels(
  props: ITranslated & { kernels: readonly Kernel[] }
): React.ReactElement {
  const { kernels, trans } = props;
  return (
    <Disclosure label={trans._n('%1 kernel', '%1 kernels', kernels.length)}>
      <LongList
        items={kernels}
        row={each => (
          <KernelRow key={`${each.name} ${each.folder ?? ''}`} each={each} />
        )}
        trans={trans}
      />
    </Disclosure>
  );
}

const KernelRow = React.memo((props: { each: Kernel }): React.ReactElement => {
  const { each } = props;
  return (
    <li className="ide49-Row">
      <p className="ide49-Row-name">
        <bdi>{each.display_name}</bdi> {each.version}
      </p>
      <p className="ide49-Evidence">{each.trouble?.message ?? each.why}</p>
      {each.executable && <Path path={each.executable} />}
    </li>
  );
});
