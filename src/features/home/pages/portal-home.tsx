export function loader() {
  return { now: new Date().toISOString() }
}
export default function Home({ loaderData }: { loaderData: { now: string } }) {
  return <p>Hello {loaderData.now}</p>
}
