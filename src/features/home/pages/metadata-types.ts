import type { Metadata } from '../../accounts/schema.ts'

export const metadataTypes = ['text', 'number', 'boolean'] as const
type MetadataType = (typeof metadataTypes)[number]

export const typeOf = (value: Metadata[string]): MetadataType =>
  typeof value === 'string' ? 'text' : (typeof value as 'number' | 'boolean')
