// Testing Library gives up after a second, which a busy machine may need.
require('@testing-library/dom').configure({ asyncUtilTimeout: 60_000 });
