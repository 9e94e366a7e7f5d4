SELECT x.entity_id, x.alias FROM aliases x WHERE x.entity_id IN (SELECT unnest($wanted));
