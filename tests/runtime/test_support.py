import psycopg
import redis


def test_valkey_is_a_real_empty_server(valkey: str) -> None:
    with redis.Redis.from_url(valkey) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


def test_valkey_is_emptied_between_tests(valkey: str) -> None:
    with redis.Redis.from_url(valkey) as client:
        assert client.get("left") is None


def test_postgres_is_a_real_empty_database(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        assert connection.execute(
            "select count(*) from pg_tables where schemaname = 'public'"
        ).fetchone() == (0,)
