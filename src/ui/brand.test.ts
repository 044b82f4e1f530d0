import { wcagContrast } from 'culori'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { brandColors, brandCss } from './brand.ts'

const color = fc
  .tuple(fc.nat(255), fc.nat(255), fc.nat(255))
  .map((rgb) => `#${rgb.map((part) => part.toString(16).padStart(2, '0')).join('')}`)

test('text is readable on and in any brand colour, light and dark', () => {
  fc.assert(
    fc.property(color, fc.constantFrom('light' as const, 'dark' as const), (hex, scheme) => {
      const { brand, brandHover, brandText, onBrand } = brandColors(hex, scheme)
      expect(wcagContrast(brand, onBrand)).toBeGreaterThanOrEqual(4.5)
      expect(wcagContrast(brandHover, onBrand)).toBeGreaterThanOrEqual(4.4)
      expect(
        wcagContrast(brandText, scheme === 'light' ? '#f0f0f3' : '#282a2e'),
      ).toBeGreaterThanOrEqual(4.5)
    }),
  )
})

test('a colour that already reads well stays as the operator chose it', () => {
  expect(brandColors('#1d4ed8', 'light').brand).toBe('#1d4ed8')
  expect(brandCss('#1d4ed8')).toContain('--brand:#1d4ed8')
})
