// Lists of rows
export { objectOf, partsOf, rowsOfList } from './rows.ts'
export type { ListRow } from './rows.ts'
// What only the site knows
export { inputKinds, loadSiteInputs, noInputs } from './site-inputs.ts'
export type { InputFile, InputKind, InputRow, SiteInputs } from './site-inputs.ts'
export type {
  Asset,
  Indicator,
  Issuance,
  Planned,
  Registration,
  Report,
  Resolution,
  Severity,
  SharedNetwork,
} from './shapes.ts'
export { severities } from './shapes.ts'
export type { Location } from './locations.ts'
// What a list can say of a time
export { stateOfInput } from './list-state.ts'
export type { InputState } from './list-state.ts'
