-- The demo's schema with few rows.
\set scale 0.005
