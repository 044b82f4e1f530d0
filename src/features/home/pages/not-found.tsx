import { notFound } from '../../../core/errors.ts'

export function loader() {
  throw notFound('page')
}

export default function NotFound() {
  return null
}
