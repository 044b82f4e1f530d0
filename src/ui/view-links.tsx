import { Link } from 'react-router'

type View = { to: string; label: string; isCurrent: boolean }

/** Views of one list, such as all and unread; the present one is marked. */
export function ViewLinks({ label, views }: { label: string; views: View[] }) {
  return (
    <nav aria-label={label} className="flex flex-wrap gap-1">
      {views.map(({ to, label, isCurrent }) => (
        <Link
          key={to}
          to={to}
          aria-current={isCurrent ? 'page' : undefined}
          className={`rounded-lg px-3 py-1.5 font-medium ${isCurrent ? 'bg-n4 text-n12' : 'text-n11 hover:bg-n3'}`}
        >
          {label}
        </Link>
      ))}
    </nav>
  )
}
