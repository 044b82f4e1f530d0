-- Histograms begin with their first bin that holds anything, and are widened when another one is met.
CREATE OR REPLACE FUNCTION add_bins(a integer[], b integer[]) RETURNS integer[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  low integer := least(array_lower(a, 1), array_lower(b, 1));
  high integer := greatest(array_upper(a, 1), array_upper(b, 1));
  narrow integer[];
BEGIN
  IF cardinality(b) = 0 THEN RETURN a; END IF;
  IF cardinality(a) = 0 THEN RETURN b; END IF;
  IF low < array_lower(a, 1) OR high > array_upper(a, 1) THEN
    narrow := a;
    a := array_fill(0, ARRAY[high - low + 1], ARRAY[low]);
    FOR i IN array_lower(narrow, 1)..array_upper(narrow, 1) LOOP a[i] := narrow[i]; END LOOP;
  END IF;
  FOR i IN array_lower(b, 1)..array_upper(b, 1) LOOP a[i] := a[i] + b[i]; END LOOP;
  RETURN a;
END
$$;
