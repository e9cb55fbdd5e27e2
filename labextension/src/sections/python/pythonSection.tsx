/**
 * "Python": which one it is, where a plain pip install goes and whether it stays, and the kernels.
 */
import * as React from 'react';
import { useLiveReport, useReport } from '../../reports/hooks';
import type { Kernel, Layout } from '../../tokens';
import { fateLabel } from '../../labels';
import type { ITranslated } from '../../components/common';
import { Disclosure } from '../../components/disclosure';
import { Fact } from '../../components/facts';
import { FateMark } from '../../components/fate';
import { PagedList } from '../../components/pagedList';
import { Notice } from '../../components/notice';
import { Section } from '../../components/section';
import type { ISectionProps } from '../section';
import { Path } from '../../components/text';

type IPythonSectionProps = Pick<ISectionProps, 'model' | 'title' | 'trans'>;

export function PythonSection(props: IPythonSectionProps): React.ReactElement {
  const { model, trans } = props;
  const report = useReport(model.python).value;
  return (
    <Section
      title={props.title}
      gist={report ? gist(report, trans) : ''}
      initiallyOpen={false}
    >
      <PythonBody {...props} />
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
        fateLabel(target.where.fate.update, trans)
      )
    : version;
}

/**
 * The content, which asks only while it is open.
 */
function PythonBody(props: IPythonSectionProps): React.ReactElement {
  const { model, trans } = props;
  const state = useLiveReport(model.python);
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
      <PagedList
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
