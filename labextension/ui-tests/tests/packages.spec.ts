/**
 * The form for packages, with the kernels that this JupyterLab has and the server's own rules for names.
 */
import { expect, openPanel, test } from '../fixtures';

test('offers the kernels that JupyterLab hears of, and checks names as they are typed', async ({
  page
}) => {
  const panel = await openPanel(page);
  await panel.getByRole('button', { name: /^Packages/ }).click();
  const choice = panel.getByRole('combobox');
  await expect(choice.getByRole('option')).not.toHaveCount(1);
  const target = panel.getByText(/^Into /);
  await expect(target).toBeVisible();
  const kernel = choice.getByRole('option', { name: /^Python 3/ });
  await choice.selectOption(await kernel.getAttribute('value'));
  await expect(target).toBeVisible();

  const look = panel.getByRole('button', { name: 'Show what it would do' });
  await expect(look).toHaveAttribute('title', /^Type the name/);
  await look.focus();
  await expect(look).toBeFocused();
  const field = panel.getByRole('textbox', { name: 'Packages to install' });
  await field.fill('--index-url=http://example.org x');
  await expect(panel.locator('.ide49-Packages-wrong')).toBeVisible();
  await expect(look).toHaveAttribute('title', /^Correct/);
  await field.fill('requests<3');
  await expect(look).toHaveAttribute('aria-disabled', 'false');
  await expect(panel.locator('.ide49-Packages-wrong')).toHaveCount(0);
});

test('keeps the focus in the panel when a finding is hidden', async ({
  page
}) => {
  await page.route('**/ide49-storage/findings*', route =>
    route.fulfill({
      json: {
        at: '',
        checks: 2,
        not_checked: [],
        findings: ['First', 'Second'].map(title => ({
          id: 'PY01',
          key: title,
          level: 'warning',
          title,
          about: '/x',
          evidence: 'Seen.',
          remedy: 'Do it.',
          lines: [],
          docs: 'findings/PY01'
        }))
      }
    })
  );
  const panel = await openPanel(page);
  const row = (title: string) => panel.getByRole('button', { name: title });
  await row('First').click();
  await panel.getByRole('button', { name: 'Hide this' }).focus();
  await page.keyboard.press('Enter');
  await expect(row('First')).toHaveCount(0);
  await expect(row('Second')).toBeFocused();
});
