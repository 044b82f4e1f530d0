import { NavLink } from 'react-router'

/** Links between pages that belong together; the present one is marked. */
export function Tabs({ label, tabs }: { label: string; tabs: { to: string; label: string }[] }) {
  return (
    <nav aria-label={label} className="mb-8 overflow-x-auto border-n6 border-b">
      <ul className="flex gap-1">
        {tabs.map((tab) => (
          <li key={tab.to}>
            <NavLink
              to={tab.to}
              // A page below a tab belongs to it, unless another tab is nearer.
              end={tabs.some(({ to }) => to.startsWith(`${tab.to}/`))}
              className={({ isActive }) =>
                `-mb-px inline-flex min-h-10 items-center whitespace-nowrap border-b-2 px-3 font-medium max-lg:min-h-11 ${isActive ? 'border-brand text-n12' : 'border-transparent text-n11 hover:text-n12'}`
              }
            >
              {tab.label}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  )
}
