// Definitions in YAML
export { filesIn, foldersIn, parseDefinition, readDefinitionText } from './definition-file.ts'
