"""The database: schema, migrations, the one writer and its readers. Only here is SQLAlchemy known."""
