-- The attributes that certificates have values of.
-- returns: attribute
-- order: by attribute
-- key: certificate_pivot by scanning attribute
SELECT DISTINCT attribute FROM certificate_pivot ORDER BY attribute
